{{ config(materialized='incremental', unique_key=['date', 'measure', 'class']) }}
with classed as (
    {% for measure in ['visibility', 'wind', 'precipitation'] %}
    select date, '{{ measure }}' as measure, {{ measure }} as class, is_cancelled, delay from {{ ref('flights_in_weather') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),
ranked as (
    select
        *,
        row_number() over (partition by date, measure, class order by delay nulls last) as rank,
        count(delay) over (partition by date, measure, class) as known
    from classed
)
select
    date,
    measure,
    class,
    count(*) as flights,
    sum(case when is_cancelled then 1 else 0 end) as cancelled,
    avg(delay) as mean_delay,
    max(case when rank = (9 * known + 9) / 10 then delay end) as p90_delay
from ranked
group by date, measure, class
