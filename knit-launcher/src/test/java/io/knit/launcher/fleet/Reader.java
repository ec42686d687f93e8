package io.knit.launcher.fleet;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Who reads what a command writes, for as long as he likes. */
final class Reader extends OutputStream {
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private volatile boolean left;

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (left) {
            throw new IOException("Broken pipe");
        }
        read.write(bytes, from, length);
    }

    /** What he has read so far. */
    String text() {
        return read.toString(StandardCharsets.UTF_8);
    }

    /** Reads no further. */
    void leave() {
        left = true;
    }
}
