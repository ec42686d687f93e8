package io.knit.core.spec;

/** What a field is in JSON, and with which of Java's types it goes. */
public enum Type {
    /** A string, {@code String}. */
    TEXT("string"),
    /** A whole number, {@code int}. */
    NUMBER("number"),
    FLAG("boolean"),
    /** Parts of processors, such as {@code 0.5}; {@code int} thousandths of one. */
    CORES("number"),
    /** A string such as {@code "512MiB"}, or a whole number of bytes; {@code long}. */
    SIZE("size"),
    /** A string such as {@code 10s}, {@code java.time.Duration}. */
    DURATION("duration"),
    /** One of an enum's constants, written in lower case. */
    CHOICE("string"),
    TEXTS("list of strings"),
    TEXT_MAP("object of strings"),
    /** A record with a table of its own. */
    OBJECT("object"),
    /** A list of records with a table of their own. */
    OBJECTS("list");

    private final String words;

    Type(String words) {
        this.words = words;
    }

    /** As the docs call it. */
    public String words() {
        return words;
    }
}
