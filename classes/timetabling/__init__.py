"""The timetable engine: on which day, when and in which room each series meets. Plain Python."""
