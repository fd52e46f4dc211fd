/**
 * A list of steps, each with its undo, made to end in one of two places: everything done, or everything taken back.
 *
 * <p>{@link ccupgrade.saga.Plan} is the list, {@link ccupgrade.saga.Saga} walks it, {@link ccupgrade.saga.Journal} is what survives a
 * crash. The intent of a step is durable before the step acts, with all that its undo will need; its result is durable after it. One
 * record, {@code commit}, is the point of no return: without it recovery goes back, with it recovery only finishes. Nothing in here knows
 * what the steps are about; it knows only {@link ccupgrade.disk} and {@link ccupgrade.fault}.
 *
 * <pre>
 *   begin ── intent ── done ── intent ── done ── … ── commit ── intent ── done ── … ── end
 *                │                  │                              │
 *                └──── failed, or killed: undo, in reverse ──── end      killed: do again ── end
 * </pre>
 */
@NullMarked
package ccupgrade.saga;

import org.jspecify.annotations.NullMarked;
