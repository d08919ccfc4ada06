// expect: no such error
int compiles = 1;
