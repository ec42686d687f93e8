package io.knit.core.agent.pull;

import io.knit.api.model.RegistryAuth;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Knows as whom images are pulled. */
public interface Logins {
    /** Of whom nobody answers for any registry. */
    Logins NONE = registry -> Future.succeededFuture(Login.NONE);

    /** Never fails. Only on the loop. */
    Future<Login> of(String registry);

    /**
     * As whom, at this time.
     *
     * @param auth null: as nobody
     * @param why what stands in the way of knowing better, for people; empty: nothing
     */
    record Login(@Nullable RegistryAuth auth, String why) {
        static final Login NONE = new Login(null, "");
    }
}
