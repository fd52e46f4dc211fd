package ccupgrade.saga;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a walk through a plan ended. */
public sealed interface Ending {

    /**
     * Past the point of no return.
     *
     * @param leftOver what could not be finished; the operation stays open for a recovery when there is any
     */
    record Completed(List<Failure> leftOver) implements Ending {}

    /**
     * Everything that had been begun was undone.
     *
     * @param failure null when the operation was interrupted by a crash, so that nothing said why
     */
    record TakenBack(@Nullable Failure failure) implements Ending {}

    /**
     * The way back itself failed, or is not known. The operation stays open.
     *
     * @param failure what led to the way back; null after a crash
     * @param obstacle what stands in its way
     */
    record Stuck(@Nullable Failure failure, Failure obstacle) implements Ending {}
}
