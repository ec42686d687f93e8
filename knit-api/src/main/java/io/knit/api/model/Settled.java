package io.knit.api.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with a change of a deployment that was made.
 *
 * @param over whether nothing more is to be waited for
 * @param unsettled why what was asked for has not come, and does not by itself; empty: it has, or may yet
 * @param newest the deployment as it is now; null: there is none any more
 */
public record Settled(
        boolean over, String unsettled, @Nullable DeploymentView newest) {
    public Settled {
        Objects.requireNonNull(unsettled, "unsettled");
    }

    /** It may come yet. */
    public static Settled notYet(@Nullable DeploymentView newest) {
        return new Settled(false, "", newest);
    }

    /** What was asked for is so. */
    public static Settled asWished(@Nullable DeploymentView newest) {
        return new Settled(true, "", newest);
    }

    /** It is not, and will not be by itself. */
    public static Settled never(String why, @Nullable DeploymentView newest) {
        return new Settled(true, why, newest);
    }

    /** Whether what was asked for is so. */
    public boolean isAsWished() {
        return over && unsettled.isEmpty();
    }
}
