package io.knit.core.server.documents;

import io.knit.core.server.state.ClusterState;
import io.knit.core.server.value.Sealing;
import io.vertx.core.Future;

/** What the store's passwords are opened and sealed with. */
public interface PasswordSeal {
    /** Of who has no keys: nothing opens, and what is in clear stays so. */
    PasswordSeal NONE = of(Sealing.NONE);

    /** These keys, and never others. */
    static PasswordSeal of(Sealing keys) {
        return new PasswordSeal() {
            @Override
            public Future<Sealing> present() {
                return Future.succeededFuture(keys);
            }

            @Override
            public Future<Sealing> made(ClusterState state) {
                return present();
            }
        };
    }

    /** The keys that are there. */
    Future<Sealing> present();

    /** The same, with one made where none is there and nothing of the state lacks one. Never fails: without a key there is none. */
    Future<Sealing> made(ClusterState state);
}
