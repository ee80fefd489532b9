select
    concat(carrier, flight, ' ', time_hour) as flight_id,
    make_date(year, month, day) as date,
    cast(time_hour as timestamp) as time_hour,
    origin,
    -- Without a departure time it was cancelled.
    dep_time is null as is_cancelled,
    dep_delay as delay
from {{ source('raw', 'flights') }}
where make_date(year, month, day) = date '{{ var('day') }}'
