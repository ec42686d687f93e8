package io.knit.client;

import java.util.List;

/** Why a server did not do, or show, what it was asked for; the message is for people: what was wrong, and what to do. */
public final class KnitClientException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What kind of failure it is. */
    public enum Kind {
        /** No server answers there, or behind the proxy that does. Whether a change was made is not known where {@link #isInDoubt()} says so. */
        UNREACHABLE,
        /** It did not answer in time. Whether a change was made is not known then. */
        TIMED_OUT,
        /** There is no such thing. */
        NOT_FOUND,
        /** It was refused: what was asked for is wrong, or not possible now. */
        REFUSED,
        /** The server failed, or it is no server of Knit's. */
        FAILED
    }

    /**
     * One thing that is wrong.
     *
     * @param code as {@code docs/api.md} lists them; empty where the answer was none of Knit's
     * @param detail in words
     * @param pointer the JSON pointer of the field at fault; empty: none is
     */
    public record Problem(String code, String detail, String pointer) {}

    private final Kind kind;
    private final transient List<Problem> problems;
    private final boolean inDoubt;

    KnitClientException(Kind kind, List<Problem> problems) {
        this(kind, problems, false);
    }

    KnitClientException(Kind kind, List<Problem> problems, boolean inDoubt) {
        super(problems.get(0).detail());
        this.kind = kind;
        this.problems = List.copyOf(problems);
        this.inDoubt = inDoubt;
    }

    static KnitClientException of(Kind kind, String words) {
        return new KnitClientException(kind, List.of(new Problem("", words, "")));
    }

    /** Of a change that was sent, and whose answer did not come. Where the server itself says that it does not know, its words are told. */
    static KnitClientException ofDoubt(Kind kind, String words) {
        String all = words + "; whether the request was carried out is not known: look before it is sent again";
        return new KnitClientException(kind, List.of(new Problem("", all, "")), true);
    }

    public Kind kind() {
        return kind;
    }

    /** All that is wrong, at least one; the message is the first one's. */
    public List<Problem> problems() {
        return problems;
    }

    /** Whether a change was sent of which it is not known whether it was made: it may be there, and sent again it may be made twice. */
    public boolean isInDoubt() {
        return inDoubt;
    }
}
