package io.knit.core.spec;

import java.util.Map;
import java.util.NoSuchElementException;

/** What was given of a record, by name. */
record Given(Map<String, ?> values) {
    String text(String name) {
        return (String) value(name);
    }

    int number(String name) {
        return (Integer) value(name);
    }

    private Object value(String name) {
        Object value = values.get(name);
        if (value == null) {
            throw new NoSuchElementException(name + " is required, and was not given");
        }
        return value;
    }
}
