package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;

import io.knit.api.spi.store.StoreWrite;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.vertx.core.Vertx;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that commits numbered triples of documents, many at once, and says each number that was acknowledged. */
final class CommittingProcess {
    static final List<String> PARTS = List.of("a", "b", "c");
    private static final int AT_ONCE = 100;
    private static final int MOST = 200_000;

    private final JdbcStore store;
    private final AtomicInteger next;
    private final int end;
    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private CommittingProcess(JdbcStore store, int first) {
        this.store = store;
        this.next = new AtomicInteger(first);
        this.end = first + MOST;
    }

    /** @param args the store's file and the first number */
    public static void main(String[] args) {
        JdbcStore store = await(JdbcStore.open(Vertx.vertx(), SqliteDatabase.open(Path.of(args[0]))));
        CommittingProcess process = new CommittingProcess(store, Integer.parseInt(args[1]));
        for (int i = 0; i < AT_ONCE; i++) {
            process.commitNext();
        }
    }

    private void commitNext() {
        int number = next.getAndIncrement();
        // nobody reads any more: the test is gone
        if (number >= end || out.checkError()) {
            return;
        }
        store.commit(PARTS.stream()
                        .map(part -> StoreWrite.put("doc", number + "-" + part, "{\"n\":" + number + "}"))
                        .toList())
                .onSuccess(done -> {
                    out.println(number);
                    commitNext();
                });
    }
}
