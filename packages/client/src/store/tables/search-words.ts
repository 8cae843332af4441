/** The words of the search index, in order, as the index itself keeps them: a view, nothing of its own. */
export const SEARCH_WORDS = "CREATE VIRTUAL TABLE search_words USING fts5vocab(search, 'row');";
