package io.knit.launcher.settings;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Reservation;
import io.knit.api.spi.Cores;
import io.knit.api.spi.Durations;
import io.knit.api.spi.Sizes;
import io.knit.core.rules.node.ContainerSubnets;
import io.knit.core.rules.process.HostAccess;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values that hold: a flag before a variable, a variable before the config file, that before the default. Immutable. */
public final class Settings {
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9A-Fa-f:.%]+]|[^\\[\\]:\\s/]+):(\\d{1,5})");

    private static final Pattern CORES = Pattern.compile("\\d{1,5}(\\.\\d{1,3})?");
    /** Beyond all that a host has. */
    private static final long MOST_BYTES = 1L << 50;

    private static final Pattern SIZE = Pattern.compile("(\\d{1,10}) ?([kKmMgG]?)(?:i?[bB])?");

    private final Map<Setting, Value> values;

    private Settings(Map<Setting, Value> values) {
        this.values = values;
    }

    /** Where a value comes from, the strongest first. */
    private enum Source {
        FLAG,
        VARIABLE,
        FILE
    }

    /** @param origin what it is called in messages: {@code --http-addr} */
    private record Value(String text, Source source, String origin) {}

    /**
     * @param flags by flag
     * @param environment by variable; one that is set to nothing counts as not set
     * @param file by config key
     */
    public static Settings resolve(
            Iterable<Setting> known,
            Map<String, String> flags,
            Map<String, String> environment,
            Map<String, String> file) {
        Map<Setting, Value> values = new EnumMap<>(Setting.class);
        for (Setting setting : known) {
            String flag = flags.get(setting.flag());
            String variable = environment.getOrDefault(setting.variable(), "");
            String key = file.get(setting.key());
            if (flag != null) {
                values.put(setting, new Value(requireText(setting, flag), Source.FLAG, setting.flag()));
            } else if (!variable.isBlank()) {
                values.put(setting, new Value(variable, Source.VARIABLE, setting.variable()));
            } else if (key != null) {
                values.put(setting, new Value(key, Source.FILE, setting.key() + " in the config file"));
            }
        }
        settleBroker(values);
        return new Settings(values);
    }

    private static String requireText(Setting setting, String text) {
        if (text.isBlank()) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION, setting.flag() + " is empty; give a value or leave it out");
        }
        return text;
    }

    /** One broker only: of an address to listen on and one to connect to the stronger source holds. */
    private static void settleBroker(Map<Setting, Value> values) {
        Value listen = values.get(Setting.NATS_ADDR);
        Value connect = values.get(Setting.NATS_URL);
        if (listen == null || connect == null) {
            return;
        }
        int order = listen.source.compareTo(connect.source);
        if (order == 0) {
            throw new KnitException(
                    ErrorCode.INVALID_CONFIGURATION,
                    listen.origin + " starts a broker here and " + connect.origin
                            + " uses one elsewhere; give only one of them");
        }
        values.remove(order < 0 ? Setting.NATS_URL : Setting.NATS_ADDR);
    }

    /** The value that was given, not the default. */
    public Optional<String> given(Setting setting) {
        return Optional.ofNullable(values.get(setting)).map(Value::text);
    }

    /** The value that holds, a default that is the same everywhere included. */
    public Optional<String> text(Setting setting) {
        return given(setting).or(setting::otherwise);
    }

    /** What was given, by config key: for plugins. */
    public Map<String, String> given() {
        Map<String, String> texts = new LinkedHashMap<>();
        values.forEach((setting, value) -> texts.put(setting.key(), value.text));
        return texts;
    }

    public Duration duration(Setting setting) {
        return Durations.parse(origin(setting), text(setting).orElse(""));
    }

    /** The same, where {@code 0s} is one, too: what that is given for is said to who gives none. */
    public Duration durationOrZero(Setting setting, String zero) {
        return Durations.parseOrZero(origin(setting), text(setting).orElse(""), zero);
    }

    /** A whole number within these bounds. */
    public int number(Setting setting, int least, int most) {
        String text = text(setting).orElse("");
        if (text.matches("\\d{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most) {
            return Integer.parseInt(text);
        }
        throw refuse(setting, "give a whole number from " + least + " to " + most);
    }

    /** A size in bytes, {@code k}, {@code m} or {@code g}, which are powers of 1024; at least a byte. */
    public int bytes(Setting setting, int most) {
        return (int)
                bytes(setting, 1, most, "give a size such as 65536, 512KiB or 1MiB, up to " + (most >> 20) + "MiB");
    }

    /** A size of at least so many bytes, and with a shape that is told: {@code 64MiB}, {@code 1GiB}. */
    public long bytesFrom(Setting setting, long least) {
        String size = least % (1 << 20) == 0 ? (least >> 20) + "MiB" : (least >> 10) + "KiB";
        return bytes(setting, least, MOST_BYTES, "give a size such as 64MiB or 1GiB, at least " + size);
    }

    private long bytes(Setting setting, long least, long most, String advice) {
        Matcher matcher = SIZE.matcher(text(setting).orElse(""));
        if (matcher.matches()) {
            long unit = switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
                case "k" -> 1L << 10;
                case "m" -> 1L << 20;
                case "g" -> 1L << 30;
                default -> 1;
            };
            long size = Long.parseLong(matcher.group(1)) * unit;
            if (size >= least && size <= most) {
                return size;
            }
        }
        throw refuse(setting, advice);
    }

    /** What a host keeps for itself. */
    public Reservation reserve() {
        String cores = text(Setting.RESERVE_CPU).orElse("");
        if (!CORES.matcher(cores).matches()) {
            throw refuse(
                    Setting.RESERVE_CPU,
                    "give a number of cores with at most three digits behind the point, such as 0.5");
        }
        long memory = Sizes.of(text(Setting.RESERVE_MEMORY).orElse(""))
                .orElseThrow(() -> refuse(Setting.RESERVE_MEMORY, "give a size such as 512MiB or 1GiB"));
        return new Reservation(Cores.of(new BigDecimal(cores)), memory, 0);
    }

    /** Words of what containers may have of a host. */
    public List<String> hostAccess(Setting setting) {
        try {
            return HostAccess.words(given(setting).orElse(null));
        } catch (IllegalArgumentException e) {
            throw refuseWord(setting, e);
        }
    }

    /** Where containers of this host have addresses to which the mesh leads; empty: nowhere. */
    public List<String> containerSubnets() {
        try {
            return ContainerSubnets.read(given(Setting.CONTAINER_SUBNET)
                    .map(text -> List.of(text.split(",", -1)))
                    .orElse(List.of()));
        } catch (IllegalArgumentException e) {
            throw refuseWord(Setting.CONTAINER_SUBNET, e);
        }
    }

    public Map<String, String> labels() {
        return given(Setting.LABELS)
                .map(text -> LabelParser.parse(origin(Setting.LABELS), text))
                .orElse(Map.of());
    }

    /** A value of the form HOST:PORT. */
    public String address(Setting setting) {
        String text = text(setting).orElse("");
        var matcher = ADDRESS.matcher(text);
        if (matcher.matches() && Integer.parseInt(matcher.group(2)) <= 65535) {
            return text;
        }
        throw refuse(setting, "give HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080, with a port up to 65535");
    }

    /** A value that must look a certain way, if it is given. */
    public Optional<String> matching(Setting setting, Pattern shape, String whatToDo) {
        Optional<String> text = given(setting);
        if (text.isPresent() && !shape.matcher(text.get()).matches()) {
            throw refuse(setting, whatToDo);
        }
        return text;
    }

    /** The refusal of a setting's value, with where it came from. */
    public KnitException refuse(Setting setting, String whatToDo) {
        String shown = Secrets.hide(text(setting).orElse(""));
        return new KnitException(
                ErrorCode.INVALID_CONFIGURATION, origin(setting) + " is \"" + shown + "\"; " + whatToDo);
    }

    /** The same of a value that may hold a secret: it is not shown. */
    public KnitException refuseUnseen(Setting setting, String whatToDo) {
        return new KnitException(ErrorCode.INVALID_CONFIGURATION, origin(setting) + ": " + whatToDo);
    }

    /** The same of one of a setting's several values, where {@code cause} says which. */
    private KnitException refuseWord(Setting setting, IllegalArgumentException cause) {
        return refuseUnseen(setting, String.valueOf(cause.getMessage()));
    }

    private String origin(Setting setting) {
        Value value = values.get(setting);
        return value == null ? setting.flag() : value.origin;
    }
}
