# The test of this file has fewer replications than it asks for.
cp own_market.toml market.toml

mpirun -n 8 lockin run market.toml --replications 100000 --out results
