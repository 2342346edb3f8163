-- How long does it take from submitting to approving, from event to closing, and how does that move from month to month?
SELECT kind, month, records, median_days, p90_days, median_days - LAG(median_days) OVER (PARTITION BY kind ORDER BY month) AS change_of_median
FROM usage.cycle_times
ORDER BY kind, month
