SELECT count(*) FROM marts.totals
