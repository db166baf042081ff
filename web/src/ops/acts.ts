// What an operator does to incidents and services, and what is said of it.
import { Problem, send, session } from './api';
import { announce, update } from './frame';
import { live } from './live';
import type { WholeIncident } from './types';

// Of each thing done or tried: the API's sentence when it would not.
export const refusals = new Map<string, string>();
const busy = new Set<string>();
export const isBusy = (key: string) => busy.has(key);

export async function attempt<T>(key: string, act: () => Promise<T>, done: string): Promise<T | undefined> {
  if (busy.has(key)) return undefined;
  busy.add(key);
  refusals.delete(key);
  update();
  try {
    const result = await act();
    announce(done);
    return result;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    refusals.set(key, problem.detail);
    announce(problem.detail);
    return undefined;
  } finally {
    busy.delete(key);
    update();
  }
}

const path = (id: string) => encodeURIComponent(id);

export async function acknowledge(id: string): Promise<WholeIncident | undefined> {
  const title = live.incidents.get(id)?.title ?? 'the incident';
  const key = `ack ${id}`;
  const incident = await attempt(key, () => send<WholeIncident>('POST', `/api/v1/incidents/${path(id)}/ack`), `Acknowledged: ${title}`);
  if (!incident) return undefined;
  live.took(incident);
  // The API takes a second one for the first: who it was is what matters.
  const { acknowledged_by: who } = incident;
  if (who && who !== session()?.user) {
    refusals.set(key, `${who} was first.`);
    announce(`${who} was first to acknowledge ${title}`);
  }
  return incident;
}

export const checkNow = (id: string) =>
  attempt(`check ${id}`, () => send('POST', `/api/v1/services/${path(id)}/check`), `${live.name(id)} is being checked`);

// Each in its turn, four at a time; what failed is told with the first reason.
export async function each<T>(all: T[], act: (one: T) => Promise<unknown>, done: (number: number) => string) {
  const waiting = [...all];
  const failures: Problem[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      try {
        await act(next);
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        failures.push(problem);
      }
    }
  };
  await Promise.all([work(), work(), work(), work()]);
  const well = done(all.length - failures.length);
  const told = failures.length ? `${well}, ${failures.length} refused: ${failures[0].detail}` : well;
  announce(told);
  return told;
}
