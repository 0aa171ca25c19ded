"""A checkpoint taken over by a run with other speakers."""

import unittest

import torch

from voiceprint_training.widen import rows_of, widened


SPEEDS = 3


class Widened(unittest.TestCase):
    def setUp(self):
        self.old, self.new = ["a", "c"], ["a", "b", "c"]
        rows = torch.arange(SPEEDS * 2, dtype=torch.float32)[:, None].repeat(1, 4)
        memory = {"step": torch.tensor(7.0), "exp_avg": rows + 100}
        self.state = {"speakers": self.old, "softmax": {"weight": rows}, "step": 5,
                      "optimizer": {"state": {0: memory, 1: {"exp_avg": torch.ones(3)}}, "param_groups": []}}
        self.fresh = -torch.ones(SPEEDS * 3, 4)

    def test_rows_follow_speaker_and_speed(self):
        to, start = rows_of(self.old, self.new, SPEEDS)
        self.assertEqual(to.tolist()[:4], [0, 2, 3, 5])
        self.assertEqual(start.tolist()[:4], [0, 1, 2, 3])

    def test_known_speakers_keep_their_rows_and_new_ones_start_fresh(self):
        weight = widened(self.state, self.new, self.fresh)["softmax"]["weight"]
        self.assertEqual(weight[:3, 0].tolist(), [0.0, -1.0, 1.0])
        self.assertEqual(weight[3:6, 0].tolist(), [2.0, -1.0, 3.0])

    def test_so_does_the_optimisers_memory(self):
        memory = widened(self.state, self.new, self.fresh)["optimizer"]["state"]
        self.assertEqual(memory[0]["exp_avg"][:3, 0].tolist(), [100.0, 0.0, 101.0])
        self.assertEqual(memory[0]["step"].item(), 7.0)
        self.assertEqual(memory[1]["exp_avg"].shape, (3,))

    def test_more_speeds_start_fresh_too(self):
        weight = widened(self.state, self.new, -torch.ones(5 * 3, 4))["softmax"]["weight"]
        self.assertEqual(weight[:9, 0].tolist(), [0.0, -1.0, 1.0, 2.0, -1.0, 3.0, 4.0, -1.0, 5.0])
        self.assertEqual(weight[9:, 0].tolist(), [-1.0] * 6)

    def test_what_came_in_stays_as_it_was(self):
        widened(self.state, self.new, self.fresh)
        self.assertEqual(self.state["speakers"], ["a", "c"])
        self.assertEqual(self.state["softmax"]["weight"].shape, (SPEEDS * 2, 4))


if __name__ == "__main__":
    unittest.main()
