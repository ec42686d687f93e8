package io.knit.launcher.output;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/** What this process was given to write to. Other than {@link System#out} it says when something could not be written, and why. Thread-safe. */
public final class StandardOutput extends OutputStream {
    /** Where Linux says what it goes to. */
    private static final Path DESCRIPTOR = Path.of("/proc/self/fd/1");

    private final OutputStream out;
    private final Supplier<String> target;
    private volatile String failure = "";

    public StandardOutput(OutputStream out) {
        this(out, () -> "");
    }

    /** @param target what it goes to, as the links in {@code /proc/self/fd} say it; empty: nobody knows */
    StandardOutput(OutputStream out, Supplier<String> target) {
        this.out = out;
        this.target = target;
    }

    public static StandardOutput ofProcess() {
        return new StandardOutput(new FileOutputStream(FileDescriptor.out), StandardOutput::ofDescriptor);
    }

    private static String ofDescriptor() {
        try {
            return Files.readSymbolicLink(DESCRIPTOR).toString();
        } catch (IOException | UnsupportedOperationException e) {
            // no Linux
            return "";
        }
    }

    /** Why it is not whole, such as {@code No space left on device}; empty: all was written. */
    public String failure() {
        return failure;
    }

    /** Whether who read it has left before its end, as {@code head} and {@code grep -q} do. The reason is in the user's language: of what somebody reads there is no other. */
    public boolean isLeft() {
        return failure.equals("Broken pipe") || !failure.isEmpty() && isRead(target.get());
    }

    private static boolean isRead(String target) {
        return target.startsWith("pipe:") || target.startsWith("socket:");
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
