-- Which publish a publish takes back; none, if it is no roll-back.
ALTER TABLE publishes ADD COLUMN rolls_back BLOB REFERENCES publishes (id);
CREATE INDEX publishes_rolling_back ON publishes (rolls_back, id) WHERE rolls_back IS NOT NULL;
