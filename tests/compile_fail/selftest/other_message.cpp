// expect: too many arguments
int other_message = undeclared;
