-- Queries of a source or destination go by terms of it in its list and by its type (suyuan.index.terms), which
-- events that were followed before do not have. The record makes the projections again: the follower begins
-- anew.
truncate index.cursor, index.act, index.name, index.mention, index.holder, index.withdrawal,
         index.declaration, index.link, index.vocabulary,
         index.value, index.shown, index.term, index.period restart identity;
