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

    /** Where this one knows none, the other is asked. */
    default Logins or(Logins other) {
        return registry -> of(registry)
                .compose(login -> login.auth() != null
                        ? Future.succeededFuture(login)
                        : other.of(registry).map(instead -> instead.auth() != null ? instead : login.and(instead)));
    }

    /**
     * As whom, at this time.
     *
     * @param auth null: as nobody
     * @param why what stands in the way of knowing better, for people; empty: nothing
     */
    record Login(@Nullable RegistryAuth auth, String why) {
        static final Login NONE = new Login(null, "");

        private Login and(Login other) {
            String both = why.isEmpty() || other.why.isEmpty() ? why + other.why : why + "; " + other.why;
            return new Login(null, both);
        }

        /** The user's name only. */
        @Override
        public String toString() {
            return "Login[" + auth + "]";
        }
    }
}
