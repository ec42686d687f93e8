package io.knit.core.wire;

import io.knit.api.error.KnitException;
import io.knit.core.wire.usual.Absent;
import io.knit.core.wire.usual.UsualRecords;
import java.lang.reflect.RecordComponent;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads many texts that {@link WireCodec#encodeText} wrote, one after the other, in a small part of the time that the codec takes; what of a text is
 * as in the one before is the same object. Not thread-safe.
 */
public final class RecordTexts {
    private final UsualRecords usual = new UsualRecords(new ByDefaults(), WireCodec::parse);

    private static final class ByDefaults implements Absent {
        @Override
        public boolean isPlain(Class<?> type) {
            return !RecordsModule.isReadOneByOne(type);
        }

        @Override
        public boolean isNullable(RecordComponent field) {
            return Defaults.isNullable(field);
        }

        @Override
        public boolean isAlwaysTheSame(RecordComponent field) {
            return Defaults.isAlwaysTheSame(field);
        }

        @Override
        public @Nullable Object of(RecordComponent field, @Nullable Object[] read) {
            return Defaults.of(field, read);
        }
    }

    /**
     * What {@link WireCodec#decodeText} gives, whatever wrote the text.
     *
     * @throws KnitException with {@code NOT_JSON}
     */
    public <T> T decode(String text, Class<T> type) {
        return ifUsual(text, type).orElseGet(() -> WireCodec.decodeText(text, type));
    }

    /** The same, or empty: the text is not as the codec writes it now, or it can't be read. */
    public <T> Optional<T> ifUsual(String text, Class<T> type) {
        return usual.read(text, type);
    }
}
