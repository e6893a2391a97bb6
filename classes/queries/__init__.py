"""Read models of the pages 课表 and 学员."""
