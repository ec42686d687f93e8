package io.knit.core.wire.stream;

/** What one end has sent, and what it still may: the other end allows so many bytes since the begin, and never takes that back. */
final class SendAccount {
    private long frames;
    private long bytes;
    private long allowed;

    /**
     * A word of the other end, which may be late or twice. No end of ours ever allows more than {@link StreamEnd#WINDOW} beyond what it had: who says so
     * is not believed, for what is on its way fills a connection that is everybody's.
     */
    void allow(long total) {
        allowed = Math.max(allowed, Math.min(total, bytes + StreamEnd.WINDOW));
    }

    /** How many bytes may be sent now. */
    long room() {
        return Math.max(0, allowed - bytes);
    }

    /** @return the number of the frame that carries them */
    long spend(int more) {
        bytes += more;
        return frames++;
    }

    long frames() {
        return frames;
    }
}
