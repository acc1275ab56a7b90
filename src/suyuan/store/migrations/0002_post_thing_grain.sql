-- Nobody read it, and it depended on which events shared a batch; each fact has its own grain.
alter table index.thing drop column if exists grain;
