def judge(share, cli): return 0
def judge_stress(share, cli): return 0
