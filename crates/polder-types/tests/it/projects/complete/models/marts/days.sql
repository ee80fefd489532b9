{{ config(materialized='incremental', unique_key='day', tags=['daily']) }}
select day, count(*) as rows from raw.rows where country = '{{ var('country') }}' group by day
