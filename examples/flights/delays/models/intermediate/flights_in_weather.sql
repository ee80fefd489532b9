select
    f.flight_id,
    f.date,
    f.is_cancelled,
    f.delay,
    case when w.visibility is null then 'unknown' when w.visibility < 3 then 'low' when w.visibility < 10 then 'reduced' else 'clear' end as visibility,
    case when w.wind_speed is null then 'unknown' when w.wind_speed < 10 then 'calm' when w.wind_speed < 20 then 'breezy' else 'strong' end as wind,
    case when w.precipitation is null then 'unknown' when w.precipitation > 0 then 'wet' else 'dry' end as precipitation
from {{ ref('flights') }} as f
left join {{ source('staging', 'weather') }} as w on w.origin = f.origin and w.time_hour = f.time_hour and w.date = f.date
