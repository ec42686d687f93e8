package io.knit.core.wire;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import java.io.IOException;
import java.util.List;

/** Says why a text is not the record that was looked for. Names fields, and words that were looked for in an enumeration; any other content may be a secret. */
final class Unreadable {
    private static final int LONGEST_PATH = 120;
    private static final int LONGEST_WORD = 40;

    private Unreadable() {}

    static String words(IOException failure) {
        if (failure instanceof RecordsModule.MissingField missing) {
            return path(missing.getPath()) + " is missing";
        }
        if (failure instanceof InvalidFormatException wrong
                && wrong.getTargetType().isEnum()) {
            return path(wrong.getPath()) + " is " + PlainText.of(String.valueOf(wrong.getValue()), LONGEST_WORD)
                    + ", which this version does not know";
        }
        if (failure instanceof JsonParseException || failure.getCause() instanceof JsonParseException) {
            return "it is not JSON";
        }
        if (failure instanceof JsonMappingException mapping
                && !mapping.getPath().isEmpty()) {
            return path(mapping.getPath()) + " can't be what is there";
        }
        return "it holds something else";
    }

    private static String path(List<JsonMappingException.Reference> references) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : references) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return PlainText.of(path.toString(), LONGEST_PATH);
    }
}
