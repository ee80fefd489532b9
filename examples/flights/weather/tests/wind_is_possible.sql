-- The strongest gust that was ever measured blew at 253 miles per hour.
select origin, time_hour, wind_speed, wind_gust
from {{ ref('weather') }}
where wind_speed not between 0 and 253 or wind_gust not between 0 and 253
