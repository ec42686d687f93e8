package io.knit.core.wire.usual;

/** Reads the values of one type; goes past what it reads. */
@FunctionalInterface
interface UsualValue {
    Object read(UsualText in);
}
