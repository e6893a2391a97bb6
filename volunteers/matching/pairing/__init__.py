"""Who sits with whom inside one session: the second small engine. Plain Python, like the first."""
