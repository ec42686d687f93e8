package io.knit.core.server.schedule.fit;

import io.knit.api.model.PortBinding;
import io.knit.api.model.Reservation;
import io.knit.core.server.schedule.fleet.Account;
import io.knit.core.server.schedule.fleet.Fleet;
import io.knit.core.server.schedule.fleet.HeldPorts;
import io.knit.core.server.schedule.wish.Wish;
import java.util.List;

/**
 * What is left of a node for one wish.
 *
 * @param ports which are taken
 * @param free what is not set aside yet
 * @param own how many of the deployment are there already, also those that stop
 */
public record Left(HeldPorts ports, Reservation free, int own) {
    /** What an account leaves. */
    public static Left of(Account account, Wish wish, Fleet fleet) {
        return new Left(
                account.ports(),
                account.free(),
                wish.maxPerNode() == 0 ? 0 : fleet.thereOf(wish.deployment(), account));
    }

    /** After one more of the wish. */
    public Left after(Wish wish, String instance, List<PortBinding> taken) {
        return new Left(ports.with(taken, instance, wish.deployment()), free.minus(wish.reserved()), own + 1);
    }

    /** Whether one more of the wish has its room there, and may be there. */
    public boolean isOpenTo(Wish wish) {
        return hasRoom(wish) && mayHaveOneMore(wish);
    }

    boolean hasRoom(Wish wish) {
        return wish.reserved().isNone() || free.covers(wish.reserved());
    }

    boolean mayHaveOneMore(Wish wish) {
        return wish.maxPerNode() == 0 || own < wish.maxPerNode();
    }
}
