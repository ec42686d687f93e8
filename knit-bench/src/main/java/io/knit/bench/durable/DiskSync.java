package io.knit.bench.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/** How long the disk alone takes to have a page: what no store can do without, and what another disk does in another time. */
final class DiskSync implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final int TIMES = 51;

    private final FileChannel file;

    DiskSync(Path file) throws IOException {
        this.file = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** The median of some that follow each other, each appended and synced. */
    double micros() throws IOException {
        long[] took = new long[TIMES];
        for (int i = 0; i < TIMES; i++) {
            long begun = System.nanoTime();
            file.write(ByteBuffer.allocate(PAGE), file.size());
            file.force(false);
            took[i] = System.nanoTime() - begun;
        }
        Arrays.sort(took);
        return took[TIMES / 2] / 1e3;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
