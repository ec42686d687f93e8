package io.knit.api.spi;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Settings by their flag's name without the dashes: {@code nats-addr}. Unknown keys are other plugins'. Immutable.
 */
public final class PluginConfig {
    private final Map<String, String> values;

    private PluginConfig(Map<String, String> values) {
        this.values = new TreeMap<>(values);
    }

    public static PluginConfig of(Map<String, String> values) {
        return new PluginConfig(values);
    }

    public static PluginConfig empty() {
        return new PluginConfig(Map.of());
    }

    /** The value, or empty if the key is not set or set to nothing. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(values.get(key)).filter(value -> !value.isBlank());
    }

    public String get(String key, String otherwise) {
        return get(key).orElse(otherwise);
    }

    /**
     * A duration: {@code 500ms}, {@code 3s}, {@code 2m}, {@code 1h} or ISO-8601.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION} if it is none
     */
    public Duration duration(String key, Duration otherwise) {
        return get(key).map(text -> Durations.parse(key, text)).orElse(otherwise);
    }

    /**
     * A whole number in a range.
     *
     * @throws KnitException with {@code INVALID_CONFIGURATION} if it is none or outside
     */
    public int integer(String key, int otherwise, int least, int most) {
        Optional<String> text = get(key);
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.get());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            // said below, with the range
        }
        throw new KnitException(
                ErrorCode.INVALID_CONFIGURATION,
                key + " is \"" + text.get() + "\"; give a whole number from " + least + " to " + most);
    }
}
