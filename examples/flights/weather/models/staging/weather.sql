{{ config(materialized='incremental', unique_key=['origin', 'time_hour']) }}
-- One day, as others may use it: what was not measured is null.
select
    origin,
    cast(time_hour as timestamp) as time_hour,
    make_date(year, month, day) as date,
    temp as temperature,
    visib as visibility,
    wind_speed,
    wind_gust,
    precip as precipitation,
    pressure
from {{ source('raw', 'weather') }}
where make_date(year, month, day) = date '{{ var('day') }}'
