package io.knit.plugin.jdbc;

import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The table of documents. */
final class Documents {
    private static final String PUT = "INSERT INTO document (tbl, doc_key, body) VALUES (?, ?, ?)"
            + " ON CONFLICT (tbl, doc_key) DO UPDATE SET body = excluded.body";
    private static final String REMOVE = "DELETE FROM document WHERE tbl = ? AND doc_key = ?";
    private static final int PAGE = 256;
    private static final int SMALLEST_PAGE = 16;
    private static final int LARGEST_PAGE = 1_024;
    private static final long PAGE_BYTES = 1024 * 1024;
    /** How many of the next are to come, so that all but the last together are no more than a page: no text is as long as a database can make one. */
    private static final String FITTING =
            "SELECT count(*) FROM (SELECT sum(size) OVER (ORDER BY tbl, doc_key ROWS UNBOUNDED PRECEDING) - size AS ahead"
                    + " FROM (SELECT tbl, doc_key, octet_length(body) AS size FROM document WHERE (tbl, doc_key) > (?, ?)"
                    + " ORDER BY tbl, doc_key LIMIT ?) AS following) AS sums WHERE ahead < " + PAGE_BYTES;
    /** As one text: the client makes several objects of every row and value, which costs more than all else of a document. Each says how long it is. */
    private static final String NEXT_PAGE =
            "SELECT string_agg(row_text, '') FROM (SELECT tbl || ' ' || length(doc_key) || ' ' || length(body) || ' ' || doc_key || body AS row_text"
                    + " FROM document WHERE (tbl, doc_key) > (?, ?) ORDER BY tbl, doc_key LIMIT (" + FITTING
                    + ")) AS page";

    private static final Comparator<StoredDocument> ORDER =
            Comparator.comparing(StoredDocument::table).thenComparing(StoredDocument::key);

    /** As databases order: by bytes of UTF-8, which is by code points. */
    private static final Comparator<StoredDocument> BYTES =
            Comparator.comparing(StoredDocument::table).thenComparing(StoredDocument::key, Documents::byCodePoints);

    private final Pool pool;

    /** @param pool of one connection */
    Documents(Pool pool) {
        this.pool = pool;
    }

    /** Rows of a {@link io.knit.plugin.jdbc.connection.SteadyConnection#TRANSACTION} that applies the writes in order. */
    static List<Tuple> rows(List<StoreWrite> writes) {
        Map<List<String>, StoreWrite> last = new LinkedHashMap<>();
        // only the last write of a document can be seen after the transaction
        writes.forEach(write -> last.put(List.of(write.table(), write.key()), write));
        List<Tuple> puts = new ArrayList<>();
        List<Tuple> rows = new ArrayList<>();
        for (StoreWrite write : last.values()) {
            if (write.body() == null) {
                rows.add(Tuple.of(REMOVE, write.table(), write.key()));
            } else {
                puts.add(Tuple.of(PUT, write.table(), write.key(), write.body()));
            }
        }
        rows.addAll(puts);
        return rows;
    }

    /** All documents as of one moment, ordered by table and key. */
    Future<List<StoredDocument>> load() {
        List<StoredDocument> found = new ArrayList<>();
        return each(found::add).map(done -> {
            // databases order by bytes, Java by UTF-16 units: the same but for rare characters
            found.sort(ORDER);
            return List.copyOf(found);
        });
    }

    /** All documents as of one moment, in the database's order, holding no more than two pages of them. */
    Future<Void> each(Consumer<StoredDocument> reader) {
        return pool.withTransaction(connection -> pages(connection, page(connection, "", "", PAGE), reader));
    }

    /** By key, for the JDBC client has no cursors and one answer with everything would need twice the memory. */
    private static Future<RowSet<Row>> page(SqlConnection connection, String table, String key, int size) {
        return connection.preparedQuery(NEXT_PAGE).execute(Tuple.of(table, key, table, key, size));
    }

    /** The next page is on its way while this one is read. */
    private static Future<Void> pages(
            SqlConnection connection, Future<RowSet<Row>> page, Consumer<StoredDocument> reader) {
        return page.compose(rows -> {
            List<StoredDocument> documents = parted(rows.iterator().next().getString(0));
            if (documents.isEmpty()) {
                return Future.succeededFuture();
            }
            // no database promises in which order it puts texts together
            StoredDocument last = Collections.max(documents, BYTES);
            Future<RowSet<Row>> next = page(connection, last.table(), last.key(), sizeAfter(documents));
            documents.forEach(reader);
            return pages(connection, next, reader);
        });
    }

    /** @param page null: there are none */
    private static List<StoredDocument> parted(@Nullable String page) {
        List<StoredDocument> documents = new ArrayList<>();
        if (page == null) {
            return documents;
        }
        // databases count code points: where each is one character, nobody need look at all of them
        boolean isPlain = page.codePointCount(0, page.length()) == page.length();
        int at = 0;
        while (at < page.length()) {
            int table = page.indexOf(' ', at);
            int keyLength = page.indexOf(' ', table + 1);
            int bodyLength = page.indexOf(' ', keyLength + 1);
            int key = bodyLength + 1;
            int body = after(page, key, Integer.parseInt(page, table + 1, keyLength, 10), isPlain);
            int end = after(page, body, Integer.parseInt(page, keyLength + 1, bodyLength, 10), isPlain);
            documents.add(new StoredDocument(
                    page.substring(at, table), page.substring(key, body), page.substring(body, end)));
            at = end;
        }
        return documents;
    }

    private static int after(String page, int from, int codePoints, boolean isPlain) {
        return isPlain ? from + codePoints : page.offsetByCodePoints(from, codePoints);
    }

    private static int byCodePoints(String one, String other) {
        int at = Arrays.mismatch(one.toCharArray(), other.toCharArray());
        if (at < 0 || at == one.length() || at == other.length()) {
            return one.length() - other.length();
        }
        char a = one.charAt(at);
        char b = other.charAt(at);
        // halves of pairs are less than what else is above them in UTF-16
        return Character.isSurrogate(a) == Character.isSurrogate(b) ? a - b : Character.isSurrogate(a) ? 1 : -1;
    }

    /** Each page costs several handovers, so small documents come in larger ones; and of large ones no more are looked at than come. */
    private static int sizeAfter(List<StoredDocument> page) {
        long chars = page.stream()
                .mapToLong(document -> document.body().length() + document.key().length())
                .sum();
        return (int) Math.max(SMALLEST_PAGE, Math.min(LARGEST_PAGE, PAGE_BYTES * page.size() / (chars + 1)));
    }
}
