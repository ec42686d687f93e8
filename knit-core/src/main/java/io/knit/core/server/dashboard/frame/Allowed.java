package io.knit.core.server.dashboard.frame;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.model.NodeWish.Availability;
import io.knit.core.server.command.Policy;
import io.knit.core.server.command.Right;

/**
 * What a visitor may do, so that he is offered nothing that would be refused.
 *
 * @param deploy whether anything at all; of each deployment its row says it
 * @param nodes whether he may take nodes out of service
 * @param foresee whether he may ask what would become of all that there is
 * @param images whether he may see what nodes have
 * @param setImages whether he may push images, and have those removed that nothing uses
 * @param values whether he may see what all deployments may read
 * @param setValues whether he may set that
 */
public record Allowed(
        boolean deploy,
        boolean nodes,
        boolean foresee,
        boolean images,
        boolean setImages,
        boolean values,
        boolean setValues) {
    public static Allowed of(Caller visitor) {
        return new Allowed(
                Policy.allows(Right.DEPLOY, visitor),
                Policy.allows(new Command.SetAvailability("any", Availability.PAUSED), visitor),
                Policy.allows(Right.SEE_ALL, visitor),
                Policy.allows(Right.SEE_ALL, visitor),
                Policy.allows(Right.DEPLOY_ALL, visitor),
                Policy.allows(Right.SEE_ALL, visitor),
                Policy.allows(Right.DEPLOY_ALL, visitor));
    }
}
