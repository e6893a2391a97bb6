"""What every engine needs: documents read with care, arrays, a solver to hand them to, a command line."""
