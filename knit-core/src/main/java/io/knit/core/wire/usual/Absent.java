package io.knit.core.wire.usual;

import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** What stands for a field of which a text says nothing. */
public interface Absent {
    /** Whether the codec reads such a record by its fields and nothing else. */
    boolean isPlain(Class<?> type);

    boolean isNullable(RecordComponent field);

    /** Whether what stands for it is the same whatever else was read of its record. */
    boolean isAlwaysTheSame(RecordComponent field);

    /**
     * Null: nothing does.
     *
     * @param read what else was read of the record, in the order of its fields
     */
    @Nullable
    Object of(RecordComponent field, @Nullable Object[] read);
}
