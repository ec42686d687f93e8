package io.knit.gotemplate.value;

/** A byte of a text, as {@code index} gives it: Go's uint8. */
public final class Octet extends Number implements Comparable<Octet> {
    private static final long serialVersionUID = 1L;

    private final int value;

    public Octet(int value) {
        this.value = value & 0xff;
    }

    @Override
    public int intValue() {
        return value;
    }

    @Override
    public long longValue() {
        return value;
    }

    @Override
    public float floatValue() {
        return value;
    }

    @Override
    public double doubleValue() {
        return value;
    }

    @Override
    public int compareTo(Octet other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Octet octet && octet.value == value;
    }

    @Override
    public int hashCode() {
        return value;
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
