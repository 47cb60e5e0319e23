UPDATE nice_batch_job SET id = 'nice2.dms.SomeOtherBatchJob';
