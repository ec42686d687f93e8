package io.knit.core.server.documents.kept;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.knit.core.server.state.OlderValue;
import java.util.List;
import java.util.TreeSet;

/** An {@link OlderValue} as it is stored. */
public record KeptOlderValue(@JsonProperty(required = true) KeptValue value, List<String> readers) {
    public static KeptOlderValue of(OlderValue it) {
        return new KeptOlderValue(KeptValue.of(it.known()), List.copyOf(it.readers()));
    }

    /** @throws io.knit.api.error.KnitException as {@link KeptValue#known} */
    public OlderValue older() {
        return new OlderValue(value.known(), new TreeSet<>(readers));
    }
}
