int no_expectation = undeclared;
