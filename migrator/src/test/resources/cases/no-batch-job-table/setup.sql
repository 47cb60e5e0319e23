DROP TABLE nice_batch_job;
