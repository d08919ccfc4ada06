library(ncdf4)

results <- nc_open("results/ensemble.nc")
share <- ncvar_get(results, "annual_revenue_share")  # R has dimensions the other way round
dimnames(share) <- lapply(c("provider", "segment", "layer", "year"), function(name) ncvar_get(results, name))
print(share["incumbent", "all", "all", "2030"])
