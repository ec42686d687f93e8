package io.knit.launcher.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** What this process was given to write to. Other than {@link System#out} it says when something could not be written, and why. Thread-safe. */
public final class StandardOutput extends OutputStream {
    private final OutputStream out;
    private volatile String failure = "";

    public StandardOutput(OutputStream out) {
        this.out = out;
    }

    public static StandardOutput ofProcess() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out));
    }

    /** Why it is not whole, such as {@code No space left on device}; empty: all was written. */
    public String failure() {
        return failure;
    }

    /** Whether who read it has left before its end, as {@code head} and {@code grep -q} do. */
    public boolean isLeft() {
        return failure.equals("Broken pipe");
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int from, int length) throws IOException {
        try {
            // else there would be holes in it, were there room again
            if (!failure.isEmpty()) {
                throw new IOException(failure);
            }
            out.write(bytes, from, length);
        } catch (IOException e) {
            failure = e.getMessage() == null ? "it takes no more" : e.getMessage();
            throw new IOException("the standard output could not be written: " + failure, e);
        }
    }
}
