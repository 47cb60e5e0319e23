UPDATE nice_batch_job SET active = true;
