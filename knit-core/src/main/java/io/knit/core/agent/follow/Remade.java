package io.knit.core.agent.follow;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.agent.engine.Failure;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * What became of the files of a container when they were looked at.
 *
 * @param others the places of those that are another now
 * @param unsaid of these, and of those that an agent of before left unsaid
 * @param recalled whether the disk was asked for the latter
 * @param words why others stayed as they were; empty: none did
 * @param again when these are tried again, though they would be made of the same
 */
record Remade(List<Integer> others, Set<Integer> unsaid, boolean recalled, String words, Again again) {
    /** Nobody looked to the end. */
    static final Remade NOTHING = new Remade(List.of(), Set.of(), false, "", Again.NEVER);

    enum Again {
        /** What the template says is so until what it reads is another. */
        NEVER,
        AT_THE_NEXT_LOOK,
        /** What costs a container is not tried at every look. */
        LATER
    }

    /** None was looked at. */
    static Remade failed(Throwable why) {
        return new Remade(
                List.of(),
                Set.of(),
                false,
                Failure.of(why).words(),
                mayPass(why) ? Again.AT_THE_NEXT_LOOK : Again.NEVER);
    }

    /** Whether just the same may be made another time. */
    static boolean mayPass(Throwable why) {
        return !(why instanceof KnitException known && known.code() == ErrorCode.TEMPLATE_INVALID);
    }

    /** The same fault is said once. */
    static String joined(SortedMap<Integer, String> words) {
        return String.join("; ", words.values().stream().distinct().toList());
    }
}
