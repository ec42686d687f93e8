package io.knit.core.server.admission;

import io.knit.api.command.Value;
import org.jspecify.annotations.Nullable;

/** The files that templates may be. */
@FunctionalInterface
public interface SourceFiles {
    /** Of who has none: what a file holds is not looked at. */
    SourceFiles UNKNOWN = name -> null;

    /** What the file of this name holds; null: there is none. */
    Value.@Nullable Content content(String name);
}
