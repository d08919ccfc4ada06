# Results in R: revenue shares by year, one column a provider.
annual <- read.csv("results/annual.csv")
shares <- subset(annual, layer == "all" & segment == "all" & measure == "revenue_share")
print(round(100 * xtabs(value ~ period + provider, droplevels(shares)), 1))
